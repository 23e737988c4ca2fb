// Loaded before anything else in a process (--require, NODE_OPTIONS): the wall clock is wrong by as many milliseconds as
// the file that CLOCK_JUMP names says, from the moment on at which it says so. A clock that nobody sets goes on as ever.
const fs = require("node:fs");

const told = process.env.CLOCK_JUMP ?? "";
const RealDate = Date;
const { readFileSync } = fs;

function now() {
	try {
		return RealDate.now() + Number(readFileSync(told, "utf8"));
	} catch {
		return RealDate.now();
	}
}

globalThis.Date = class extends RealDate {
	constructor(...given) {
		if (given.length === 0) super(now());
		else super(...given);
	}
	static now() {
		return now();
	}
};
