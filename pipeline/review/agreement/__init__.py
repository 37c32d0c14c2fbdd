"""How far coders who coded the same segments agree, how sure that is, and where they part."""
