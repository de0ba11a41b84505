# Primeros pasos: lo que en México se dice de otra manera.
