-- The newest number of each town's feed.
SELECT town, seq FROM town_feed
