# Solo lo que en México se dice de otra manera.
discovery-cost = Costo: { $level }
