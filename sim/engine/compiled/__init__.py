"""The compiled engine: machine code of the world, made once and kept."""
