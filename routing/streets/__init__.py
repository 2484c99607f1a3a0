"""From OpenStreetMap to the network a car drives on: roads, signs, turns, speeds, hours."""
