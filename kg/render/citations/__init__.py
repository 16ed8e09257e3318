"""Citations: CSL items and the formats that are written from them."""
