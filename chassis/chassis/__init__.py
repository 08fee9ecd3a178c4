"""What every Lyceum service does the same way. It knows no word of any service's domain."""
