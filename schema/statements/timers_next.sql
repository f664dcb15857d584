-- When the next case fires; NULL: none does.
SELECT at_us((SELECT fire_at FROM timer WHERE fire_at < 'infinity' ORDER BY fire_at LIMIT 1))
