"""What people of a city do in a day, what it costs, and a replay of it."""
