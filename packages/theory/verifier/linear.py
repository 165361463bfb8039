"""What is proved of matrices of intervals."""

from refused import Undecided


def is_positive_definite(field, matrix):
    """Whether every symmetric matrix in a matrix of intervals is positive definite: its pivots are all positive."""
    a = [list(row) for row in matrix]
    n = len(a)
    for k in range(n):
        if a[k][k][0] <= 0:
            return False
        inverse = field.inverse(a[k][k])
        for i in range(k + 1, n):
            factor = field.mul(a[i][k], inverse)
            for j in range(k + 1, i + 1):
                a[i][j] = field.sub(a[i][j], field.mul(factor, a[j][k]))
                a[j][i] = a[i][j]
    return True


def has_singular_values_above(field, rows, bound):
    """Whether sigma_min(A) > bound for every A in a matrix of intervals: A^T A - bound^2 is positive definite."""
    n = len(rows[0])
    square = field.mul(field.constant(bound), field.constant(bound))
    gram = [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            total = field.zero
            for row in rows:
                total = field.add(total, field.mul(row[i], row[j]))
            if i == j:
                total = field.sub(total, square)
            gram[i][j] = gram[j][i] = total
    try:
        return is_positive_definite(field, gram)
    except Undecided:
        return False
