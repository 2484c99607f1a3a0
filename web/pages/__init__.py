"""What a person sees: each view parses, makes one call, and renders."""
