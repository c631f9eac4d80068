"""LINE, the channel most customers write on: hearing, speaking and its set-up."""
