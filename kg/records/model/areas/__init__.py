"""Areas of description, as ISAD(G) groups them: the rows of the model's table, area by area."""
