// What holds for every plot. Plotly has a button that sends the numbers of a plot to its makers' server: nobody gets it here.
window.Plotly.setPlotConfig({ showSendToCloud: false, plotlyServerURL: "", displaylogo: false });
