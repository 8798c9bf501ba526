import "./style/fonts.css";
import "./style/map-fonts.css";
import "./style/page.css";
import "./style/map.css";
import "./style/places.css";
import "./style/curve.css";
import "./style/layout.css";
import { render } from "preact";
import { loadTexts, wantedLanguage } from "./net/language.ts";
import { App } from "./screens/App.tsx";

const texts = await loadTexts(wantedLanguage());
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App first={texts} />, root);
}
