"""The framework on screen, and the rows of requirements that other areas' forms hold."""
