// Shows summary.md where people look: as the job's summary (GitHub, Azure) and as the comment of the pull request, one
// that each push renews. The job's own variables say where that is. Needs Node.js 20 and nothing else.
import { appendFileSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const { env } = process;
const summary = readFileSync("summary.md", "utf8");
// The first line that ci-summary prints; by it the comment of the last push is found.
const [marker] = summary.split("\n");

if (env.GITHUB_ACTIONS === "true") {
	appendFileSync(env.GITHUB_STEP_SUMMARY, summary);
	// docs.github.com, REST: issue comments.
	const number = /^refs\/pull\/(\d+)\/merge$/.exec(env.GITHUB_REF ?? "")?.[1];
	const issues = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues`;
	await comment(number, env.GITHUB_TOKEN, {
		headers: { authorization: `Bearer ${env.GITHUB_TOKEN}` },
		list: (page) => `${issues}/${number}/comments?per_page=100&page=${page}`,
		found: (comments) => comments.find(({ body }) => body.startsWith(marker))?.id,
		create: () => ["POST", `${issues}/${number}/comments`, { body: summary }],
		renew: (id) => ["PATCH", `${issues}/comments/${id}`, { body: summary }],
	});
} else if (env.TF_BUILD !== undefined) {
	// learn.microsoft.com, Azure Pipelines: logging commands; Azure DevOps REST: pull request threads.
	console.log(`##vso[task.uploadsummary]${resolve("summary.md")}`);
	const number = env.SYSTEM_PULLREQUEST_PULLREQUESTID;
	const repository = `${env.SYSTEM_COLLECTIONURI}${encodeURIComponent(env.SYSTEM_TEAMPROJECT ?? "")}/_apis/git/repositories/${env.BUILD_REPOSITORY_ID}`;
	const threads = `${repository}/pullRequests/${number}/threads`;
	await comment(number, env.SYSTEM_ACCESSTOKEN, {
		headers: { authorization: `Bearer ${env.SYSTEM_ACCESSTOKEN}` },
		// One answer has all of them.
		list: (page) => (page === 1 ? `${threads}?api-version=7.1` : null),
		found: ({ value }) => value.find(({ comments }) => comments?.[0]?.content?.startsWith(marker))?.id,
		create: () => [
			"POST",
			`${threads}?api-version=7.1`,
			{ comments: [{ parentCommentId: 0, content: summary, commentType: 1 }], status: "closed" },
		],
		renew: (id) => ["PATCH", `${threads}/${id}/comments/1?api-version=7.1`, { content: summary }],
	});
} else if (env.GITLAB_CI === "true") {
	// docs.gitlab.com, REST: notes. A job's own token may not write them: GITLAB_TOKEN is a project's, with the scope api.
	const notes = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}/notes`;
	await comment(env.CI_MERGE_REQUEST_IID, env.GITLAB_TOKEN, {
		headers: { "private-token": env.GITLAB_TOKEN ?? "" },
		list: (page) => `${notes}?per_page=100&page=${page}`,
		found: (all) => all.find(({ body }) => body.startsWith(marker))?.id,
		create: () => ["POST", notes, { body: summary }],
		renew: (id) => ["PUT", `${notes}/${id}`, { body: summary }],
	});
} else {
	throw new Error("neither GitHub Actions, nor Azure Pipelines, nor GitLab runs this.");
}

async function comment(pullRequest, token, { headers, list, found, create, renew }) {
	if (!pullRequest) return;
	if (!token) {
		console.log("No comment: this step has no token to write one with. The summary is the job's.");
		return;
	}
	const ask = async (method, address, body) => {
		const answer = await fetch(address, {
			method,
			headers: { ...headers, "content-type": "application/json", "user-agent": "storage-replication" },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		// The answer itself is not shown: what it holds is not ours.
		if (!answer.ok) throw new Error(`${method} ${new URL(address).pathname} was answered ${answer.status}.`);
		return answer.json();
	};
	for (let page = 1; page <= 30; page++) {
		const address = list(page);
		if (address === null) break;
		const comments = await ask("GET", address);
		const id = found(comments);
		if (id !== undefined) return ask(...renew(id));
		if (Array.isArray(comments) && comments.length === 0) break;
	}
	return ask(...create());
}
