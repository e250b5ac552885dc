"""Skills Bridge: employment, training and recruitment in the automotive sector, carried out day by day."""
