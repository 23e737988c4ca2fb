import { existsSync } from "node:fs";

const browsers = [
	process.env.CHROME_PATH ?? "",
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
/** A browser on this machine; undefined: there is none. */
export function browserPath(): string | undefined {
	return browsers.find((path) => path !== "" && existsSync(path));
}
