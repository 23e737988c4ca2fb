import { randomUUID } from "node:crypto";
import {
	appendFileSync,
	closeSync,
	fstatSync,
	fsync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { despiteBusy } from "../files/busyFiles";
import { lock } from "../files/lock";
import type { LedgerLine } from "./line";
import type { LedgerPlace } from "./place";
import { type BadLine, type Lines, readLines } from "./readLines";

const toDisk = promisify(fsync);

/** What a ledger holds, with the file of each line that cannot be read. */
export interface Content extends Omit<Lines, "bad"> {
	readonly bad: readonly (BadLine & { readonly file: string })[];
}

/** Everything in it, oldest file first. One that does not exist yet is empty; one that cannot be read is an error. */
export function readLedger(place: LedgerPlace): Content {
	const files = place.kind === "file" ? [place.path] : filesIn(place.path);
	const read = files.map((file) => ({ file, ...readLines(textOf(file)) }));
	return {
		lines: read.flatMap(({ lines }) => lines),
		bad: read.flatMap(({ file, bad }) => bad.map((each) => ({ file, ...each }))),
		newer: read.reduce((sum, { newer }) => sum + newer, 0),
	};
}

/**
 * The ledger as a provider's process writes it. A line is on the disk when `append` resolves: whoever then dies, or loses
 * power, has told what it was about to do. What comes while others are written is written together, by one flush.
 */
export class Ledger {
	private readonly place: LedgerPlace;
	private readonly file: string;
	private written: LedgerLine[] | null = null;
	private waiting: string[] = [];
	private current: Promise<void> = Promise.resolve();
	private next: Promise<void> | null = null;

	/** `nowMs` is part of the name of this process's file, by which files of a folder are in order. */
	constructor(place: LedgerPlace, nowMs: number) {
		this.place = place;
		const time = new Date(nowMs).toISOString().replaceAll(":", "");
		this.file = place.kind === "file" ? place.path : join(place.path, `${time}-${randomUUID().slice(0, 8)}.jsonl`);
	}

	/** All lines, this process's included. Others' are those of the first time: in a stack nobody else runs meanwhile. */
	get lines(): readonly LedgerLine[] {
		this.written ??= [...readLedger(this.place).lines];
		return this.written;
	}

	append(lines: readonly LedgerLine[]): Promise<void> {
		this.written?.push(...lines);
		this.waiting.push(...lines.map((line) => `${JSON.stringify(line)}\n`));
		this.next ??= this.current
			.catch(() => {})
			.then(() => {
				const texts = this.waiting;
				this.waiting = [];
				this.next = null;
				this.current = this.write(texts.join(""));
				return this.current;
			});
		return this.next;
	}

	private async write(text: string): Promise<void> {
		if (this.place.kind === "folder") makeFolder(this.place.path);
		const release = this.place.kind === "file" ? await lock(`${this.file}.lock`) : () => {};
		try {
			const file = despiteBusy(() => openSync(this.file, "a+"));
			try {
				appendFileSync(file, endsTorn(file) ? `\n${text}` : text);
				await toDisk(file);
			} finally {
				closeSync(file);
			}
		} finally {
			release();
		}
	}
}

/** Not those above it: a share that is not mounted must not become folders of this disk. */
function makeFolder(path: string): void {
	try {
		mkdirSync(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
}

/** Whether whoever wrote last was killed in the middle of a line, which a further one would be spoiled by. */
function endsTorn(file: number): boolean {
	const { size } = fstatSync(file);
	if (size === 0) return false;
	const last = Buffer.alloc(1);
	readSync(file, last, 0, 1, size - 1);
	return last.toString() !== "\n";
}

function filesIn(folder: string): string[] {
	const names = ifThere(() => readdirSync(folder)) ?? [];
	return names
		.filter((name) => name.endsWith(".jsonl"))
		.sort()
		.map((name) => join(folder, name));
}

function textOf(file: string): string {
	return ifThere(() => despiteBusy(() => readFileSync(file, "utf8"))) ?? "";
}

function ifThere<T>(read: () => T): T | null {
	try {
		return read();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
		throw error;
	}
}
