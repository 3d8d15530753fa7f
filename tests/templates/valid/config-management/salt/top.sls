base: {"*": [vim]}
