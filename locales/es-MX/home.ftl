# Solo lo que en México se dice de otra manera.
home-ends = { $amount } vencen después del { $day }
