"""The start page: plain HTML that says how to send the first trace. No script, no outside asset, no secret."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from html import escape
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from panope.http.addresses import base_url_of
from panope.http.snippets import SDK_2_VERSION, key_environment, otlp_environment, sdk_2_snippet, sdk_3_snippet

_STYLE = """
:root { color-scheme: light dark; --text: #1c1e21; --ground: #fff; --soft: #f3f4f6; --line: #d9dce1; --quiet: #575d66;
  --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --ground: #16181b; --soft: #23262b; --line: #3a3f46; --quiet: #a3aab4; --link: #8ab4f8; }
}
body { margin: 0 auto; padding: 2rem 1rem 3rem; max-width: 52rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; } p { margin: .5rem 0; }
code { font: .875em ui-monospace, monospace; }
p code { padding: .1em .3em; background: var(--soft); border-radius: .25rem; overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: .5rem 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--soft); line-height: 1.4; scrollbar-width: thin; }
a { color: var(--link); } :focus-visible { outline: .15rem solid var(--link); outline-offset: .15rem; }
footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet);
  font-size: .875rem; }
"""
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>panope: send your first trace</title>
<style>$style</style>
</head>
<body>
<main>
<h1>panope is running</h1>
<p>It takes traces of LLM agents at <code>$base_url</code>, from SDKs that speak the Langfuse API and from
OpenTelemetry. What was sent can be read back at once, through the same API$web_app.</p>

<h2 id="keys">1. Set the address and your keys</h2>
<p>The first start made a key pair and printed it on the terminal, or wrote it into <code>credentials.env</code> in the
data directory. <code>panope keys create</code> makes another. Keys never show on this page.</p>
<pre tabindex="0" role="region" aria-labelledby="keys"><code>$keys</code></pre>

<h2>2. Send a trace</h2>
<h3 id="sdk2">With the Python SDK 2.x: <code>pip install langfuse==$sdk_2_version</code></h3>
<pre tabindex="0" role="region" aria-labelledby="sdk2"><code>$sdk_2</code></pre>

<h3 id="sdk3">With the Python SDK from 3 on: <code>pip install langfuse</code></h3>
<pre tabindex="0" role="region" aria-labelledby="sdk3"><code>$sdk_3</code></pre>

<h3 id="otel">With any OpenTelemetry exporter: OTLP over HTTP</h3>
<pre tabindex="0" role="region" aria-labelledby="otel"><code>$otlp</code></pre>

<h2 id="read">3. Read it back</h2>
<pre tabindex="0" role="region" aria-labelledby="read"><code>$read</code></pre>
</main>
<footer>panope $version · <a href="$prefix/api/public/health">health</a> ·
<a href="$prefix/api/openapi.json">OpenAPI</a> · <a href="$prefix/metrics">metrics</a></footer>
</body>
</html>
""")
_NO_WEB_APP = "; the web app was not built into this installation (<code>make web</code> does it in a checkout)"
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def start_page_endpoint(
    version: str, public_url: str | None, *, has_web_app: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint of the start page."""

    async def show_start_page(request: Request) -> Response:
        """Explain how to send the first trace."""
        base_url = base_url_of(request, public_url)
        read = f'curl -u "$LANGFUSE_PUBLIC_KEY:$LANGFUSE_SECRET_KEY" {base_url}/api/public/traces'
        texts = {
            "base_url": base_url,
            "prefix": request.scope.get("root_path", ""),
            "version": version,
            "keys": key_environment(base_url),
            "sdk_2_version": SDK_2_VERSION,
            "sdk_2": sdk_2_snippet(base_url),
            "sdk_3": sdk_3_snippet(),
            "otlp": otlp_environment(base_url),
            "read": read,
        }
        escaped = {name: escape(text) for name, text in texts.items()}
        link = f' or in the <a href="{escaped["prefix"]}/">web app</a>'
        page = _PAGE.substitute(escaped, style=_STYLE, web_app=link if has_web_app else _NO_WEB_APP)
        return HTMLResponse(page, headers=_HEADERS)

    return show_start_page
