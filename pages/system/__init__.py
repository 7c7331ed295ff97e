"""系统管理: sessions, accounts, users, audit and rights, for who looks after the system."""
