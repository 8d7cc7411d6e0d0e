"""Who may see what: each rule is one file in `rules`, asker and scope in, verdict and reason out."""
