"""Accounts: signing up and in, the guest who becomes somebody, and a person's own data. Stands on learning."""
