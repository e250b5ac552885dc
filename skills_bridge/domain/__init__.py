"""The domain knows: pure rules, state tables, events and errors."""
