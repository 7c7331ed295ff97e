"""What everyone stands on: errors, settings, declarations, calendar, policy parameters, codes, rights."""
