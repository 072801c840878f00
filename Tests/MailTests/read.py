"""Reads messages (a JSON array of base64) with Python's own library and prints what they say."""
import base64
import email.header
import email.policy
import email.utils
import json
import sys


def mailbox(header):
    """By the older reader: the newer one leaves a space between two encoded words of a name."""
    if header is None:
        return None
    name, address = email.utils.parseaddr(header)
    return {"name": str(email.header.make_header(email.header.decode_header(name))), "address": address}


def structure(part):
    inner = " ".join(structure(each) for each in part.iter_parts()) if part.is_multipart() else ""
    return part.get_content_type() + (f"[{inner}]" if inner else "")


def read(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    older = email.message_from_bytes(raw)
    parts = list(message.walk())
    texts = {part.get_content_type(): part for part in parts if part.get_content_disposition() is None}
    calendar = [part for part in parts if part.get_content_type() == "text/calendar"]
    known = {"From", "To", "Reply-To", "Subject", "Date"}
    return {
        "from": mailbox(older["From"]),
        "to": mailbox(older["To"]),
        "replyTo": mailbox(older["Reply-To"]),
        "subject": str(message["Subject"]),
        "secondsSince1970": message["Date"].datetime.timestamp(),
        "headers": {name: str(value) for name, value in message.items() if name not in known},
        "defects": [repr(each) for part in parts for each in part.defects]
        + [repr(each) for part in parts for value in part.values() for each in value.defects],
        "structure": structure(message),
        "plain": texts["text/plain"].get_content(),
        "html": texts["text/html"].get_content(),
        "calendarMethod": calendar[0]["Content-Type"].params["method"] if calendar else None,
        "files": [
            {
                "name": part["Content-Disposition"].params["filename"],
                "type": part.get_content_type(),
                "bytes": base64.b64encode(part.get_payload(decode=True)).decode(),
            }
            for part in parts
            if part.get_content_disposition() == "attachment"
        ],
    }


messages = json.load(sys.stdin)
json.dump([read(base64.b64decode(each)) for each in messages], sys.stdout)
