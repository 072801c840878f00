"use strict";(()=>{const{day,zone,kept}=document.body.dataset,path=location.pathname,opened=Date.now(),workers=navigator.serviceWorker;
const date=()=>{try{return new Date().toLocaleDateString("sv",{timeZone:zone})}catch{return new Date().toLocaleDateString("sv")}},first=date();
const turn=()=>{if(navigator.onLine||workers?.controller)location.reload()};
setInterval(()=>{if(!kept&&date()!==first)turn()},3e4);
document.addEventListener("visibilitychange",()=>{if(!document.hidden&&(date()!==first||Date.now()-opened>6e5))turn()});
workers?.register(path+"/worker.js",{scope:path}).catch(()=>{});
if(kept){const note=document.getElementById("kept"),{lang}=document.documentElement,own=navigator.languages.find(one=>one.startsWith(lang))||lang;note.hidden=false;
note.querySelector("time").textContent=new Date(kept).toLocaleString(own,{weekday:"long",day:"numeric",month:"long",hour:"2-digit",minute:"2-digit"});
const rows=[...document.querySelectorAll(".list li")],old=rows.findIndex(row=>row.matches(".now")),now=rows[old+(Date.parse(first)-Date.parse(day))/864e5];
if(first!==day){document.querySelector(".do:has(.steps)")?.setAttribute("hidden","");if(rows[old]&&now){rows[old].className="";now.className="now";note.querySelector("ul").append(now.cloneNode(true))}}
addEventListener("online",turn)}
try{const own="ticks "+path+" ",today=own+day;
for(const key of Object.keys(localStorage))if(key.startsWith(own)&&key!==today)localStorage.removeItem(key);
const boxes=[...document.querySelectorAll("input[data-step]")],ticked=JSON.parse(localStorage.getItem(today)||"[]");
for(const box of boxes){box.checked=ticked.includes(box.dataset.step);box.addEventListener("change",()=>localStorage.setItem(today,JSON.stringify(boxes.filter(b=>b.checked).map(b=>b.dataset.step))))}}catch{}})()
