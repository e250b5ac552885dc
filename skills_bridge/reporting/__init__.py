"""What the figures say: catalogue, the one formula, suppression, rendering and seal; pure functions of facts."""
