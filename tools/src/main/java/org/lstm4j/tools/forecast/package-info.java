// SPDX-License-Identifier: Apache-2.0
/**
 * Forecasts of a table by a network that was trained for it. {@link
 * org.lstm4j.tools.forecast.Forecaster} is all there is to use; what it forecasts from what, and in
 * which units, is the {@link org.lstm4j.format.Normalisation} of the model file.
 *
 * <p>What such a network is trained on is made by {@code org.lstm4j.tools.dataset}.
 */
package org.lstm4j.tools.forecast;
