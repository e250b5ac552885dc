"""Makes rows for tests, through the services wherever a service makes them in the product."""
