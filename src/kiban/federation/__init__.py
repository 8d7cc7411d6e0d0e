"""Other sites and services that Kiban asks over the network."""
