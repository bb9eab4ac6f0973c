"""Random small models of each library, for random-models.py."""
