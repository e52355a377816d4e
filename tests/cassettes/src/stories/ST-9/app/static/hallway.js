// Asks the browser to keep a copy of the hallway list. Without this script the page works as long as there is internet.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/hallway/worker.js", { scope: "/hallway" });
}
