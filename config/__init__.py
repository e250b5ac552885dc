"""The deployment's side: reads the environment, sets up logging, and hands both to the product."""
