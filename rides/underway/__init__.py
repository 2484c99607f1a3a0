"""On the way and after it: at the kerb, who did not come, what took place, what needs looking after."""
