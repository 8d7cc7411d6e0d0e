"""What things consist of: elements, formulas, compositions, and how to reckon with them."""
