/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */
