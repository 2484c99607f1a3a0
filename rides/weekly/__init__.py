"""Weekly rides and standing bookings: what comes again every week."""
