"""The review site: a team of coders decides in the browser, over the same domain functions as the command line."""
