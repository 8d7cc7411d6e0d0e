"""What measured curves say of a material: each analysis a module, found by its `ANALYSIS`; kernels beside them."""
