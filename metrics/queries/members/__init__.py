"""The door's questions about members: the list and triggers as cases."""
