"""The door's questions about members: the list, users, triggers and cases."""
