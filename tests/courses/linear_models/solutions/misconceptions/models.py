"""Mistakes that students make; each docstring is the hint."""

import numpy as np


def predict__no_intercept(X, w, intercept=0.0):
    """You leave the intercept out; add it to every prediction."""
    return X @ w


def predict__intercept_subtracted(X, w, intercept=0.0):
    """You subtract the intercept; the model adds it."""
    return X @ w - intercept


def predict__intercept_of_one(X, w, intercept=0.0):
    """You add 1, the feature of the intercept; add the intercept itself, which is its weight."""
    return X @ w + 1


def predict__elementwise(X, w, intercept=0.0):
    """You return every feature times its weight; a prediction is their sum, one for each row."""
    return X * w + intercept


def r_squared__ratio(y, predicted):
    """You return the part that is not explained; R squared is 1 minus that."""
    return np.sum((y - predicted) ** 2) / np.sum((y - y.mean()) ** 2)


def r_squared__not_centred(y, predicted):
    """You divide by the sum of the squares of y; subtract the mean of y before you square."""
    return 1 - np.sum((y - predicted) ** 2) / np.sum(y**2)


def r_squared__correlation(y, predicted):
    """You square the correlation, which takes y and -y for equally good. Compare the errors."""
    return np.corrcoef(y, predicted)[0, 1] ** 2


def r_squared__spread_of_predictions(y, predicted):
    """You divide by the spread of the predictions; R squared has that of the observed values."""
    return 1 - np.sum((y - predicted) ** 2) / np.sum((predicted - predicted.mean()) ** 2)


def gradient__no_two(X, y, w):
    """The factor 2 is missing: the derivative of a square is twice what was squared."""
    return X.T @ (X @ w - y) / len(y)


def gradient__sum(X, y, w):
    """You differentiate the sum of the squared errors; divide by n for their mean."""
    return 2 * X.T @ (X @ w - y)


def gradient__sign(X, y, w):
    """You return the direction of descent; the gradient is X.T @ (X @ w - y), not y - X @ w."""
    return 2 / len(y) * X.T @ (y - X @ w)


def gradient__features_for_rows(X, y, w):
    """You divide by the number of features; the mean is over the rows."""
    return 2 / X.shape[1] * X.T @ (X @ w - y)


def normal_equations__one_by_one(X, y):
    """You fit each feature alone; together they share what they explain: solve with X.T @ X."""
    return X.T @ y / np.sum(X * X, axis=0)


def normal_equations__no_solve(X, y):
    """You stop at X.T @ y; it is the right side of the equations, which are still to be solved."""
    return X.T @ y


def normal_equations__centred(X, y):
    """You subtract the means, which fits an intercept too; the exercise asks for weights alone."""
    X, y = X - X.mean(axis=0), y - y.mean()
    return np.linalg.lstsq(X, y, rcond=None)[0]


def normal_equations__first_rows(X, y):
    """You solve the first rows alone, as many as there are features; all rows should count."""
    d = X.shape[1]
    return np.linalg.solve(X[:d], y[:d])


def ridge__no_penalty(X, y, strength):
    """The penalty has no effect: add strength to the diagonal of X.T @ X."""
    return np.linalg.lstsq(X, y, rcond=None)[0]


def ridge__every_entry(X, y, strength):
    """You add the strength to every entry of X.T @ X; it belongs on the diagonal alone."""
    return np.linalg.pinv(X.T @ X + strength) @ X.T @ y


def ridge__squared(X, y, strength):
    """You square the strength; it is the factor of the squared weights as it is."""
    return np.linalg.solve(X.T @ X + strength**2 * np.eye(X.shape[1]), X.T @ y)


def ridge__times_rows(X, y, strength):
    """You multiply the strength by n, as for the mean error; here the squared errors are summed."""
    return np.linalg.solve(X.T @ X + len(X) * strength * np.eye(X.shape[1]), X.T @ y)


def _fit(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def predictor__no_intercept(X, y):
    """Your model has no intercept: give the features a column of ones before you fit."""
    w = _fit(X, y)
    return lambda new: new @ w


def predictor__forgets_the_intercept(X, y):
    """You fit an intercept and do not add it to the predictions."""
    w = _fit(np.c_[np.ones(len(X)), X], y)[1:]
    return lambda new: new @ w


def predictor__mean_for_intercept(X, y):
    """You take the mean of y for the intercept; that is right for centred features only."""
    w = _fit(X - X.mean(axis=0), y - y.mean())
    return lambda new: new @ w + y.mean()


def predictor__mean_of_new(X, y):
    """You centre new features by their own mean; subtract the mean of those that were fitted."""
    w = _fit(X - X.mean(axis=0), y - y.mean())
    return lambda new: (new - new.mean(axis=0)) @ w + y.mean()
