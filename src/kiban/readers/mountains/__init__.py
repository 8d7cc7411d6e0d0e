"""Parts of the Digital Surf reader: objects with header, zones and points, and what is made of them."""
