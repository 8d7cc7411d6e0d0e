// The camera looks for the code of a label. What it finds goes where a hand scanner would have typed it.

const place = document.getElementById("camera");
const words = JSON.parse(place.dataset.words);
const said = document.getElementById("camera-said");
const start = document.getElementById("camera-start");
const video = document.getElementById("camera-picture");
const box = document.getElementById("code");
const INTERVAL_MS = 200;

function say(text) {
  said.textContent = text;
}

async function canRead() {
  if (!("BarcodeDetector" in window)) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

async function look() {
  start.disabled = true;
  say(words.looking);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (error) {
    start.disabled = false;
    say(error.name === "NotAllowedError" ? words.denied : words.no_camera);
    return;
  }
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  window.addEventListener("pagehide", stop);
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (stream.active) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found) {
      stop();
      box.value = found.rawValue;
      box.form.requestSubmit();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  start.disabled = false;
}

if (!window.isSecureContext || !navigator.mediaDevices) {
  say(words.insecure);
} else if (await canRead()) {
  start.hidden = false;
  say("");
  start.addEventListener("click", look);
} else {
  say(words.cannot);
}
