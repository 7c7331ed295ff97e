"""What an issue says: one content tree from one snapshot, for the city or for a district."""
