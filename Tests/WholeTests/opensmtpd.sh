# Runs OpenSMTPD for one test: $1 its unpacked package, $2 a folder of its own, $3 a port of this machine. It wants to be
# root and to have users and folders of its own, so it gets a view of the machine in which it has them (unshare -m).
set -e
for file in passwd group; do cp "/etc/$file" "$2/$file"; done
for user in opensmtpd:951 opensmtpq:952; do
    echo "${user%:*}:x:${user#*:}:${user#*:}::/var/lib/opensmtpd/empty:/usr/sbin/nologin" >> "$2/passwd"
    echo "${user%:*}:x:${user#*:}:" >> "$2/group"
done
for file in passwd group; do mount --bind "$2/$file" "/etc/$file"; done
for folder in /run /usr/libexec /var/lib /var/spool; do mount -t tmpfs tmpfs "$folder"; done
mkdir -p -m 711 /var/spool/smtpd
mkdir -p /var/lib/opensmtpd/empty "$2/mails"
chmod 755 /var/lib/opensmtpd/empty
cp -r "$1/usr/libexec/opensmtpd" /usr/libexec/
chown nobody "$2/mails"
cat > "$2/smtpd.conf" <<CONFIGURATION
listen on 127.0.0.1 port $3 hostname relay.example
table people { "@" = "nobody" }
action "keep" maildir "$2/mails" virtual <people>
match from any for domain "example.com" action "keep"
CONFIGURATION
chmod 644 "$2/smtpd.conf"
exec "$1/usr/sbin/smtpd" -d -f "$2/smtpd.conf"
