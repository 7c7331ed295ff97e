"""Who gets in: how sign-in is configured, accounts, sessions and the steps between, and whom each stands for."""
