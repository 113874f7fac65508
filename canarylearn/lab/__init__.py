"""The lab: any plan, deployed in any scenario that is open, and told as it happened. Nothing of it is stored."""
