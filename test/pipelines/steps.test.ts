import { spawn, spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { marker } from "../../cli/ciSummaryMarkdown";
import { fakeProgram } from "../fakeProgram";
import { describeUnlessWindows } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { folder } from "./templates";

describeUnlessWindows("up.sh", "its runners there have a shell of Unix, this machine may have none", () => {
	test("is pulumi itself in the end: what cancels the step comes to it", () => {
		const pulumi = fakeProgram("pulumi", "console.log(JSON.stringify([process.pid, process.argv.slice(2)]));");
		const cwd = temporaryFolder("steps");
		cpSync(join(folder, "steps"), join(cwd, "pipelines", "steps"), { recursive: true });
		const { pid, stdout } = spawnSync("bash", ["-e", "-c", "exec pipelines/steps/up.sh"], {
			cwd,
			encoding: "utf8",
			env: { ...process.env, PATH: `${dirname(pulumi)}${delimiter}${process.env.PATH}` },
		});
		const [own, args] = JSON.parse(stdout) as [number, string[]];
		expect(own).toBe(pid);
		expect(args).toEqual(["up", "--non-interactive", "--yes", "--skip-preview", "--plan", "plan.json"]);
	});
});

/** What a platform was asked, and what it answers. */
interface Asked {
	readonly method: string;
	readonly path: string;
	readonly authorization: string;
	readonly body: unknown;
}

describe("publish.mjs", () => {
	const summary = `${marker}\n\n## Storage replication\n\n\`a "name" with ' \\ ü\`\n`;
	let server: Server;
	let address = "";
	let asked: Asked[] = [];
	let existing: unknown = [];
	let status = 200;
	let cwd = "";

	beforeAll(async () => {
		server = createServer((request, response) => {
			const parts: Buffer[] = [];
			request.on("data", (data: Buffer) => parts.push(data));
			request.on("end", () => {
				const text = Buffer.concat(parts).toString("utf8");
				const { authorization, "private-token": own } = request.headers;
				asked.push({
					method: request.method ?? "",
					path: request.url ?? "",
					authorization: String(authorization ?? own),
					body: text === "" ? null : JSON.parse(text),
				});
				// What comes after the last page is empty.
				const page = Number(/[?&]page=(\d+)/.exec(request.url ?? "")?.[1] ?? 1);
				response.writeHead(status, { "content-type": "application/json" });
				response.end(JSON.stringify(request.method === "GET" && page === 1 ? existing : []));
			});
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => server.close());
	beforeEach(() => {
		[asked, existing, status] = [[], [], 200];
		cwd = temporaryFolder("publish");
		writeFileSync(join(cwd, "summary.md"), summary);
		writeFileSync(join(cwd, "step-summary.md"), "before\n");
	});

	/** Not of the machine that the tests run on. */
	const publish = (environment: Readonly<Record<string, string>>) =>
		new Promise<{ readonly code: number | null; readonly text: string }>((resolve) => {
			const child = spawn(process.execPath, [join(folder, "steps", "publish.mjs")], { cwd, env: environment });
			let text = "";
			for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
			child.on("close", (code) => resolve({ code, text }));
		});

	const github = () => ({
		GITHUB_ACTIONS: "true",
		GITHUB_API_URL: address,
		GITHUB_REPOSITORY: "acme/storage",
		GITHUB_REF: "refs/pull/7/merge",
		GITHUB_STEP_SUMMARY: join(cwd, "step-summary.md"),
		GITHUB_TOKEN: "canary",
	});
	const azure = () => ({
		TF_BUILD: "True",
		SYSTEM_COLLECTIONURI: `${address}/acme/`,
		SYSTEM_TEAMPROJECT: "Storage Team",
		SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
		BUILD_REPOSITORY_ID: "r1",
		SYSTEM_ACCESSTOKEN: "canary",
	});
	const gitlab = () => ({
		GITLAB_CI: "true",
		CI_API_V4_URL: `${address}/api/v4`,
		CI_PROJECT_ID: "3",
		CI_MERGE_REQUEST_IID: "7",
		GITLAB_TOKEN: "canary",
	});
	const threads = "/acme/Storage%20Team/_apis/git/repositories/r1/pullRequests/7/threads";

	test.each([
		["GitHub", github, "Bearer canary", "/repos/acme/storage/issues/7/comments", { body: summary }],
		[
			"Azure",
			azure,
			"Bearer canary",
			`${threads}?api-version=7.1`,
			{ comments: [{ parentCommentId: 0, content: summary, commentType: 1 }], status: "closed" },
		],
		["GitLab", gitlab, "canary", "/api/v4/projects/3/merge_requests/7/notes", { body: summary }],
	])("%s: writes a comment where there is none of ours", async (_, environment, authorization, path, body) => {
		existing = [];
		if (environment === azure) existing = { value: [{ id: 1, comments: [{ content: "another's" }] }, { id: 2 }] };
		const { code, text } = await publish(environment());
		expect([code, text.includes("canary")], text).toEqual([0, false]);
		expect(asked.at(-1)).toEqual({ method: "POST", path, authorization, body });
	});

	test.each([
		["GitHub", github, "PATCH", "/repos/acme/storage/issues/comments/9", { body: summary }],
		["Azure", azure, "PATCH", `${threads}/9/comments/1?api-version=7.1`, { content: summary }],
		["GitLab", gitlab, "PUT", "/api/v4/projects/3/merge_requests/7/notes/9", { body: summary }],
	])("%s: renews the one of the last push, and no other", async (_, environment, method, path, body) => {
		const bodies = ["somebody quotes it:\n", ""].map((before) => `${before}${marker}\n\nold`);
		existing =
			environment === azure
				? { value: bodies.map((content, index) => ({ id: 8 + index, comments: [{ content }] })) }
				: bodies.map((text, index) => ({ id: 8 + index, body: text }));
		expect((await publish(environment())).code).toBe(0);
		expect(asked.slice(1)).toMatchObject([{ method, path, body }]);
	});

	test("adds to the summary of GitHub's job, and names the file to Azure", async () => {
		await publish(github());
		expect(readFileSync(join(cwd, "step-summary.md"), "utf8")).toBe(`before\n${summary}`);
		const { text } = await publish(azure());
		expect(text).toContain(`##vso[task.uploadsummary]${join(cwd, "summary.md")}`);
	});

	test("writes no comment without a pull request or without a token, and says so of the latter", async () => {
		const { GITHUB_REF: _, ...noPullRequest } = github();
		expect(await publish(noPullRequest)).toEqual({ code: 0, text: "" });
		const { GITLAB_TOKEN: __, ...noToken } = gitlab();
		const { code, text } = await publish(noToken);
		expect([code, asked]).toEqual([0, []]);
		expect(text).toContain("no token");
	});

	test("fails where it was refused, without its token and without what was answered", async () => {
		status = 403;
		existing = "##vso[task.setvariable]canary";
		const { code, text } = await publish(github());
		expect(code).toBe(1);
		expect(text).toContain("was answered 403");
		expect(text).not.toContain("canary");
	});
});
