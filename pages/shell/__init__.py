"""What surrounds every page: the server, the frame, the menu, who is looking and at what."""
